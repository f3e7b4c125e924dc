import { mount } from "svelte";
import "../styles/base.css";
import "./courier.css";
import App from "./App.svelte";
import { install } from "./update.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target });
install();
