// `<doorstep-slots>`: the slot picker as a web component.
export {};
