/**
 * Make dictionaries for browser calls without a prototype. Otherwise whatever a page, or an attacker, adds to Object.prototype
 * would be read as an option, such as `signal` of addEventListener.
 */

export const plain = <T extends object>(own: T): T => Object.setPrototypeOf(own, null) as T;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
