export const en = {
    title: "Checkout",
};
