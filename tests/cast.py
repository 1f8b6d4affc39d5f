"""The standing cast: the same people in all tests of the service, by the seat each holds in the S3 plan.

A bureau with two units (`office@A`, `office@B`), the working group, the leading group, the development centre, an
outside vendor, and an outsider of another bureau. The names say the part and are nobody's.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One part: key in `World.people`, user name, name, and the seat held (body, post, place)."""

    key: str
    name: str
    seat: tuple[str, str, str] | None
    external: bool = False
    office: str = ""


PASSWORD = "a long walk along the river bank 37"

CAST = (
    Part("owner", "甲处负责人", ("office", "head", "A")),
    Part("owner_deputy", "甲处另一负责人", ("office", "head", "A")),
    Part("sysadmin", "甲处信息系统管理员", ("office", "sysadmin", "A")),
    Part("other_unit", "乙处负责人", ("office", "head", "B")),
    Part("group", "工作组组长", ("group", "lead", "")),
    Part("group_second", "工作组另一组长", ("group", "lead", "")),
    Part("leader", "领导小组负责人", ("leading_group", "", "")),
    Part("centre", "发展中心负责人", ("centre", "", "")),
    Part("bureau_office", "办公室负责人", ("bureau_office", "", "")),
    Part("vendor", "专业服务机构值守", ("vendor", "", ""), external=True),
    Part("auditor", "审计员", None, office="auditor"),
    Part("security", "安全管理员", None, office="security_admin"),
    Part("nobody", "没有岗位的人", None),
)
