/** The chat: served at /embed/<company> inside the widget's frame, and at /chat/<company> as a page of its own. */

import "./surface.css";
import "./candor-chat";
