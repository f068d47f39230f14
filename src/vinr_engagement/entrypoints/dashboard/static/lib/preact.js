// Preact with its hooks and `html`, from one place: everything else imports them from here.

import htm from "../vendor/htm.js";
import { createContext, Fragment, h, render } from "../vendor/preact.js";

export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../vendor/preact-hooks.js";
export { createContext, Fragment, h, render };

/** Markup as a tagged template: html`<p class="quiet">${text}</p>`. What is put in is text, never markup. */
export const html = htm.bind(h);
