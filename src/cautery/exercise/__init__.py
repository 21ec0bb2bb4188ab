"""A world to rehearse in (docs/exercise.md). It knows nothing of the platform and speaks to it over HTTP and SMTP.

    scenario.toml -> scenario --.
    seed -> draws --------------+-> population, flagging          all there is before anybody acts
                                |-> outcomes, adversary           what becomes of a notice, what comes back
                                |
    providers/  mail  --notice--> state <--> books                what came in; all else follows from it
    people/  <--turns--  control <--wait-- the worker             whose turn it is, and what time
                                    export --> world.json         the books, for comparison

`process` holds it all together, `world` starts it with its people.
"""
