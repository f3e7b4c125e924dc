export const en = {
    title: "Your appointment",
};
