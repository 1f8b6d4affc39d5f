"""Problem codes of the HTTP interface: what is wrong with a request before any plan is asked; and every status.

They join the one registry of `core.problems` when this module is imported. Everything else that is refused over HTTP
is refused by a service and carries the service's own code.
"""

from collections.abc import Mapping

from fengsui.core.problems import Code, declare

STATUS: Mapping[str, int] = {
    "bad_request": 422,
    "failed": 500,
    "unavailable": 503,
    "absent": 404,
    "no_such_address": 404,
    "no_token": 401,
    "not_allowed_here": 405,
    "not_in_scope": 403,
    "not_your_office": 403,
    "not_json": 415,
    "not_owed_now": 409,
    "changed_meanwhile": 409,
    "content_changed": 409,
    "too_busy": 409,
    "body_too_large": 413,
    "too_many": 429,
}
"""By code; every other refusal is 422."""

declare(
    Code(
        "bad_request",
        "error",
        "请求有 {count} 处不对。",
        "The request has {count} faults.",
        "按 errors 里的 place 逐处改正；字段见 /api/。",
        "Correct each place named in errors; the fields are listed at /api/.",
        "a report with a field that does not exist",
    ),
    Code(
        "failed",
        "error",
        "服务器出错，这次没有写入。",
        "The server failed; nothing was written.",
        "带着时刻告诉系统管理员；用同一个 Idempotency-Key 再送一次是安全的。",
        "Tell the system administrator the time; sending it again with the same Idempotency-Key is safe.",
        "a fault of the program while a report is written",
    ),
    Code(
        "unavailable",
        "error",
        "数据库没有应答，不知道这次写入没有。",
        "The database did not answer; whether this was written is not known.",
        "用同一个 Idempotency-Key 再送：写过的不会写第二次，回执照给。",
        "Send it again with the same Idempotency-Key: nothing is written twice, and the receipt is given again.",
        "PostgreSQL restarted in the middle of a report",
    ),
    Code(
        "no_such_address",
        "error",
        "没有这个地址。",
        "There is no such address.",
        "地址见 /api/。",
        "The addresses are listed at /api/.",
        "GET /api/v1/case",
    ),
    Code(
        "no_token",
        "error",
        "没有带有效的令牌。",
        "There is no valid token.",
        "在“我的 → 接口令牌”建立令牌，写进请求头 Authorization: Bearer …；到期或吊销的要重建。",
        "Make a token under My page, API tokens, and send it as Authorization: Bearer …; one that ended is made anew.",
        "a token that ended yesterday",
    ),
    Code(
        "not_allowed_here",
        "error",
        "这个地址不收 {method}。",
        "This address does not take {method}.",
        "用 {allowed}。",
        "Use {allowed}.",
        "DELETE on a case",
    ),
    Code(
        "not_in_scope",
        "error",
        "令牌的范围不含“{scope}”。",
        "The token's scopes do not include '{scope_en}'.",
        "用含此范围的令牌。",
        "Use a token with that scope.",
        "a report sent with a token that only reads",
    ),
    Code(
        "not_json",
        "error",
        "请求正文不是 application/json。",
        "The body of the request is not application/json.",
        "正文写成 JSON，UTF-8，请求头写 Content-Type: application/json。",
        "Send JSON in UTF-8, with Content-Type: application/json.",
        "a form posted to the interface",
    ),
    Code(
        "not_owed_now",
        "error",
        "这项义务已不在办：{state}。",
        "This obligation is no longer open: {state_en}.",
        "看这一案现在的义务。",
        "Read the obligations of the case as they are now.",
        "a report that a colleague has just sent",
    ),
    Code(
        "body_too_large",
        "error",
        "请求正文超过 {limit}。",
        "The body of the request is larger than {limit}.",
        "分几次送，或把文件缩小。",
        "Send it in parts, or smaller files.",
        "a report with a video",
    ),
    Code(
        "too_many",
        "error",
        "这个令牌一分钟内请求超过 {limit} 次。",
        "This token has made more than {limit} requests within a minute.",
        "等 {wait} 秒再送。",
        "Wait {wait} seconds and send again.",
        "a script in a loop",
    ),
)
