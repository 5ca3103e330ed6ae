"""Pages of a broadcast and what their templates are given.

Home, live, stage and replay show questions too and are written one storey up, in `portal/questions/views/pages.py`;
their names stay in the namespace `live`: `live:home`, `live:live`, `live:studio`, `live:console`, `live:stage`,
`live:replay`, `live:plan`.

Every page of a broadcast has
    session     dict of `portal.live.queries.session_view`, plus "starts": aware datetime for template filters
    page_data   JSON-able dict for `{{ page_data|json_script:"page" }}`:
                {"session": session_view, "role": "viewer|leader|moderator|guest", "socket": "/ws/live/<id>/",
                 "hls": "/hls/<id>/master.m3u8", "me": {"id", "name", "verified": bool, "village"} | null,
                 "urls": {"live", "ask", "questions", "stage", "studio", "console", "replay", "login", "code", "verify",
                 "transcript"}, "limits": {"text": 2000}}
    may         {"host": bool, "moderate": bool, "plan": bool}

live/home.html      tonight (session dict or None: the one on air, else the next), coming (session dicts after it),
                    past (session dicts), mine (my-question rows), answers (answer rows), may.
live/live.html      + wall (public rows), on_air (public row or None), mine (my-question rows of this broadcast),
                    taking (bool: questions are taken), verified (bool)
live/stage.html     + question (my-question row: the raised hand or the called-up question)
live/studio.html    + on_air, stage (dict of `questions.queries.stage`)
live/console.html   + lanes ([{"code", "label", "key"}]), hide_reasons ([str])
live/replay.html    + chapters (answer rows with begin_ms/end_ms, in the order of the broadcast), written (answer rows with
                    written_answer); page_data also has "replay": "/hls/<id>/replay.m3u8", "chapters": [{"question",
                    "number", "text", "begin_ms", "end_ms"}]
live/plan.html      form (`PlanForm`), coming (session dicts with "may_cancel")

public row          {"id", "number", "text", "name", "village", "votes", "kind", "wall_state", "stage_state", "asked_at",
                    "answer_begin_ms", "answer_end_ms", "written_answer", "revision"}
my-question row     public row + {"state_label" (case), "hidden": bool, "session": {"id", "title"}}
answer row          public row + {"session": {"id", "title"}, "host", "answered_at": datetime or None}
"""
