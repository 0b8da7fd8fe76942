import { ClickClackClient } from "@clickclack/sdk";
import { mount } from "svelte";
import App from "./App.svelte";
import { App as State } from "./state/app.svelte.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/timeline.css";
import "./styles/composer.css";
import "./styles/floating.css";
import "./styles/phone.css";

const target = document.getElementById("app");
if (target) mount(App, { target, props: { app: new State(new ClickClackClient()) } });
