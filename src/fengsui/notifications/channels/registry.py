"""The kinds of channel there are, in the order of the pages."""

from collections.abc import Mapping

from fengsui.notifications.channels import bark, dingtalk, email, feishu, others, serverchan, sms, webhook, wecom
from fengsui.notifications.channels.kinds import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        email.KIND,
        sms.KIND,
        wecom.KIND,
        dingtalk.KIND,
        feishu.KIND,
        bark.KIND,
        serverchan.KIND,
        webhook.KIND,
        others.KIND,
    )
}
