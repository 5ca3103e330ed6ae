"""Units of the demo county. Codes are stable: a second run finds them again."""

DEPARTMENTS: dict[str, tuple[str, str]] = {
    "jt": ("县交通运输局", "Transport Bureau"),
    "sl": ("县水利局", "Water Bureau"),
    "jy": ("县教育局", "Education Bureau"),
    "yb": ("县医疗保障局", "Medical Insurance Bureau"),
    "nn": ("县农业农村局", "Agriculture Bureau"),
    "zj": ("县住房和城乡建设局", "Housing Bureau"),
    "cg": ("县城市管理局", "City Management Bureau"),
    "ga": ("县公安局", "Public Security Bureau"),
    "mz": ("县民政局", "Civil Affairs Bureau"),
    "rs": ("县人力资源和社会保障局", "Labour and Social Security Bureau"),
    "hb": ("县生态环境局", "Environment Bureau"),
    "gx": ("县工业和信息化局", "Industry and Information Bureau"),
    "wj": ("县卫生健康局", "Health Bureau"),
    "gd": ("县供电公司", "Power Supply Company"),
}

TOWNSHIPS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "qs": ("清溪镇", "Qingxi Town", ("柳湾村", "石桥村", "上塘村", "荷花社区")),
    "by": ("白云镇", "Baiyun Town", ("高坪村", "竹园村", "新屋村", "东街社区")),
    "dh": ("大河镇", "Dahe Town", ("渡口村", "长堤村", "南岸村", "河滨社区")),
    "sp": ("松坪乡", "Songping Township", ("松林村", "半山村", "老寨村", "茶亭村")),
    "jl": ("金岭乡", "Jinling Township", ("金岭村", "牛栏村", "黄土村", "槐树村")),
    "cx": ("城西街道", "Chengxi Subdistrict", ("幸福社区", "朝阳社区", "学府社区", "站前社区")),
}

VILLAGES = tuple(
    f"{name}{village}" for name, _english, villages in TOWNSHIPS.values() for village in villages
)
