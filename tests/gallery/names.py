"""What a screen reader finds on the pages: landmarks, headings and controls by their names."""

NAMES = {
    "home": """
      - link "跳到正文"
      - banner:
        - link "直通车"
        - navigation "主导航":
          - link "首页"
          - link "回看"
          - link "我的问题"
        - button "大字"
        - button "朗读"
      - main:
        - region:
          - heading [level=1]
        - region "我的问题办到哪了":
          - heading [level=2]
          - paragraph:
            - link "查我的问题"
        - region "直播安排":
          - list:
            - listitem:
              - link
              - time
      - contentinfo
    """,
    "login": """
      - main:
        - heading "登录" [level=1]
        - textbox "手机号"
        - button "获取验证码"
        - paragraph:
          - link "不登录，凭编号和查询码查进度"
    """,
    "calendar": """
      - main:
        - heading "直播日历" [level=1]
        - region:
          - heading [level=2]
          - list:
            - listitem:
              - link
    """,
    "replays-found": """
      - main:
        - heading "往期回看" [level=1]
        - search:
          - searchbox "搜索直播里说过的话和答复"
          - button "搜索"
        - region "问题和答复":
          - heading [level=2]
          - list:
            - listitem:
              - link
    """,
    "live-planned": """
      - main:
        - status
        - heading [level=1]
        - link "提问"
        - button "举手连线"
        - region "大家的问题":
          - list:
            - listitem:
              - button /我也想问/
    """,
    "cases-of-visitor": """
      - main:
        - heading "我的问题" [level=1]
        - paragraph:
          - link "手机号登录"
        - textbox "诉求编号"
        - textbox "查询码"
        - button "查询"
    """,
    "case-replied": """
      - main:
        - article:
          - heading [level=1]
          - region "办理期限"
          - heading "我的问题" [level=2]
          - heading "办理经过" [level=2]
          - list
    """,
    "stage-waiting": """
      - main:
        - heading "连线准备" [level=1]
        - status
    """,
    "console-planned": """
      - main:
        - heading [level=1]
        - list "运行状况"
        - region "台上"
        - searchbox "查找问题"
        - region /新问题/:
          - listbox /新问题/:
            - option
        - complementary "问题详情"
    """,
    "desk": """
      - main:
        - heading "办理台" [level=1]
        - navigation "列表"
        - search:
          - textbox "编号、村或事项"
          - combobox "状态"
          - button "筛选"
        - table:
          - rowgroup:
            - row:
              - columnheader "编号"
    """,
    "desk-case": """
      - main:
        - heading [level=1]
        - heading "诉求" [level=2]
        - heading "办理经过" [level=2]
        - list
        - complementary:
          - heading "可以做的" [level=2]
    """,
    "board": """
      - main:
        - heading "留言板" [level=1]
        - paragraph:
          - link "写留言"
        - region "留言和答复":
          - heading [level=2]
          - list:
            - listitem:
              - paragraph
    """,
    "join": """
      - main:
        - heading "邀请您上台答复" [level=1]
        - paragraph:
          - time
        - term: 单位
        - definition: 县交通运输局
        - list:
          - listitem
        - button "进入座位"
    """,
    "invitations": """
      - main:
        - heading "邀请部门上台" [level=1]
        - region "已邀请":
          - list:
            - listitem:
              - button "复制链接"
              - button "撤回对“县交通运输局”的邀请"
        - region "再邀请一位":
          - combobox "单位"
          - textbox "台上显示的名字"
          - button "生成邀请链接"
    """,
    "replay-without-recording": """
      - main:
        - heading [level=1]
        - alert
        - region "回答了的问题":
          - list:
            - listitem:
              - link
        - region "书面回答":
          - group
        - region "文字记录":
          - checkbox "跟着画面走"
          - paragraph:
            - link "下载文字记录"
    """,
}

# Before anybody has rated.
RATE = """
  - main:
    - heading "办理结果，您满意吗？" [level=1]
    - button "非常满意"
    - button "满意"
    - button "基本满意"
    - button "不满意"
    - button "非常不满意"
    - group: 没有解决，申请重办
    - paragraph:
      - link "看办理经过"
"""
