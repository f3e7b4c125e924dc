export const en = {
    title: "Route",
};
