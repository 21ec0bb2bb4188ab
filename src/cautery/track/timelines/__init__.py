"""Legal clocks of a notice, kept by what happened to it: nothing is stored twice, the timeline is made when it is asked for."""
