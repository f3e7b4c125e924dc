export const en = {
    title: "Dispatch",
};
