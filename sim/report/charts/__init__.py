"""Charts as inline SVG: no script, so they open offline, follow light and dark, and print as they are.

Each is drawn in a frame 400 units wide, about the width of a telephone, and set in columns on wider screens, so its text
stays legible.  Colours are CSS variables of the page; lines also differ by dash, so colour is never the only sign.
"""
