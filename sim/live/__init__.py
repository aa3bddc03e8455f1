"""The browser view: watch a run, steer it, rewind it, share it.

What is simulated is a ``Track`` (``track``): one run with its past.  A ``Session`` (``session``) lets one or two tracks
run in lockstep in a thread and tells its viewers; ``server`` is the web server, ``access`` who may talk to it, and
``static`` the page: plain ES modules, no build step.  ``replay`` writes the same page with a recorded run inside.
"""
