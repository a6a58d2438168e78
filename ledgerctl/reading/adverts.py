"""What does not belong to an article: advertising, counters, footers, and whole sentences of other texts.

Advertising words are taken out where they stand, also inside a word; lines and clauses of other texts
are passed over. All of it is judged on simplified text.
"""

from __future__ import annotations

import re
from typing import Final

from ledgerctl.reading.passage import Passage, Span

#: the families of words that site spam splices into other people's sentences
_SPLICED: Final = re.compile(
    r"(?:甜心宝贝|甜心|台湾|短期|长期|女大生|找)?包养(?:网(?:比较|推荐|推举|评价|站|心得|单次|车马费|价格|ppt|vip|dcard)?|"
    r"一个月价钱|价格(?:ptt)?|金额|行情|条件|前提|留言板|管道|站长|软体|软件|app|甜心网?|女人|妹|俱乐部|感情|意思|合约|情妇|"
    r"故事|dcard|ptt|vip|ppt)?"
    r"|甜心(?:宝贝|花园|网)(?:包养网?)?|(?:找)?九宫格(?:空间|分享|共享|会议室|交流|教学|讲座|时租|私密空间|聚会|见证|访谈)*"
    r"|小树屋(?:交流|聚会)?|时租(?:空间|场地|会议室?)|(?:瑜伽|舞蹈|家教|讲座|教学)场地|瑜伽教室|共享会议室|私密空间|1对1教学"
    r"|(?<![a-z])(?:[a-z]{1,12}[ -]?)?(?:sugar|suiker|escorts?)"
    r"(?:[ -]?(?:daddy|baby|babies|dat(?:e|ing)|secret|pappa|mummy|sister|escorts?|manila))?"
    r"|(?:澳门|缅甸|菲律宾)?(?:新?葡京|威尼斯人?|银河|金沙|永利|太阳城|皇冠)(?:线上|网上|在线|国际)?"
    r"(?:娱乐(?:城|场|平台|官网)|赌场|博彩|棋牌|真人视讯)(?:官网|官方|网址|平台|注册|开户){0,3}|澳门(?:新?葡京|赌场|博彩)"
    r"|台北水电(?:行|维修)?|水电[行网]|(?:大安|信义|中正|松山|中山)区水电(?:行)?"
    r"|(?:德系|宾士|奥迪|福斯|保时捷|宝马|水箱精)车?(?:零件|材料)(?:报价|贸易商)?",
    re.IGNORECASE,
)
#: ids and addresses of machines; the numbers in them count nothing
_MACHINE: Final = re.compile(
    r"(?:request|trace|session|log|article|news|doc|page)[ _-]?id\s*[:：=]?\s*[0-9a-zA-Z][0-9a-zA-Z._\-]*"
    r"|(?:https?://|www\.)[!-~]+|(?<![a-z0-9.+-])[a-z0-9.+-]{1,64}@[a-z0-9-]{1,64}(?:\.[a-z0-9-]{1,64})+|"
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|(?<![0-9a-z.])(?=[0-9a-f.]{0,64}[a-f])(?=[0-9a-f.]{0,64}\d)[0-9a-f]{12,64}(?:\.\d+)?\b",
    re.IGNORECASE,
)
#: an advertisement set off by its own brackets, or said to be one
_BRACKETED: Final = re.compile(
    r"[【\[(（<〔](?:[^】\])）>〕]{0,60}(?:广告|推广|赞助|优惠|点击|加微|微信|热线|扫码|下载|关注|客服|咨询|免费|特价|限时)[^】\])）>〕]{0,60})"
    r"[】\])）>〕]"
)
#: a whole line that says of itself that it is none of the article's
_MARKED: Final = re.compile(r"(?m)^[ ]*[【\[(（〔](?:广告|推广|赞助|商业推广|信息推广)[】\])）〕][^。！？\n]*(?:\n|\Z)")
#: any one of these makes a clause an advertisement
_SELLING: Final = re.compile(
    r"加微信|加微|微信号|微信搜|加群|QQ群|扫描二维码|在线客服|客服微信|咨询热线|订购|抢购|秒杀|包邮|优惠价|限时|特价|折扣|打折|[0-9一二三四五六七八九]折|立减|"
    r"免费领|点击领取|点击下载|下载APP|点击咨询|点击查看|点击进入|贷款秒|低息贷|无抵押|当天放款|秒到账|代开发票|刻章办证|办证刻章|刷单|网赚|日赚|彩票|"
    r"博彩|棋牌|娱乐城|真人视讯|六合彩|时时彩|百家乐|老虎机|私服|传奇世界|外挂|返利|注册送|首充|送彩金|丰胸|减肥|壮阳|整形|植发|"
    r"低至[0-9]+(?:\.[0-9]+)?元|楼盘|首付|户型|招商加盟|加盟费|月费|套餐价|原价|现价|会员价|仅售|只要[0-9]+元|代孕|快讯推广|广告位|"
    r"找工作就上|官网下载|高清完整版|小说网|最新章节|无弹窗"
)
_ADVERTISEMENT_LENGTH: Final = 60
#: tales: who speaks, and who is in them
_TALE: Final = re.compile(
    r"[她他](?:的|也|却|就|便|说|道|想|是|在|已|不|从|一|没|们?[顿点摇低抬看望笑哭])|她|我(?!市|县|省|区|国|州|镇|们|会|院|校|局|乡|村|司|学|练|能)|你|您|"
    r"妈妈|娘亲|爹爹|婆婆|丫鬟|丫环|小姐|公子|少爷|夫人|老爷|奴婢|嬷嬷|银子|银两|嫁给|嫁妆|新婚|洞房|退婚|休妻|"
    r"蓝玉华|席世勋|裴毅|裴母|蓝母|彩修|彩衣|说道|问道|笑道|哭道|心想|心里想|吓了一跳|叹了口气|愣了|眼泪|"
    r"张水瓶|林天秤|牛土豪|天秤座|水瓶座|金牛座|双鱼座|甜甜圈|千纸鹤|单恋|金箔|蕾丝|虚数|水晶球|宠物狗|地下室|咖啡馆里|圆规|"
    r"宋微|叶秋锁|万雨柔|陈居白"
)
#: lines around an article
_FRAME: Final = re.compile(
    r"阅读(?:量|数|次数|\s*[(（]?\d)|浏览(?:量|次数|数|\s*[:：(（]?\s*\d)|点击(?:量|数|次数|率|\s*[:：(（]?\s*\d)|访问量|人气\s*[:：]?\s*\d|字号|字体|"
    r"(?:评论|点赞|转发|收藏|跟帖)\s*[:：(（]?\s*\d|(?:分享|赞)\s*[:：(（]\s*\d|体育正文|正文\s*\d|分享到|上一[篇条页]|下一[篇条页]|相关(?:阅读|链接|新闻)|"
    r"版权所有|ICP备|公网安备|网站标识码|邮政?编码?\s*[:：]|传真|(?:联系)?电话\s*[:：]|QQ\s*[:：]|地址\s*[:：]|责任编辑|责编|网站地图|技术支持|"
    r"主办(?:单位)?\s*[:：]|承办(?:单位)?\s*[:：]|打印本页|关闭窗口|扫一扫|推荐阅读|热门(?:文章|推荐)|在线人数|累计访问|友情链接|"
    r"^\s*(?:来源|发布时间|发布日期|发布|时间|日期|作者|记者|编辑|通讯员|索引号|文号)\s*[:：]"
)
_BY: Final = re.compile(r"^\s*(?:来源|作者|编辑|记者|发布时间|时间|日期|通讯员)\s*[:：]")
_BREAKS: Final = "。！？!?；;\n"


def mended(passage: Passage) -> Passage:
    """Without spliced advertising and machine ids; a place where one stood is a scar."""
    passage = passage.without(_spans(_MACHINE, passage.text), scar=False)
    passage = passage.without(_spans(_MARKED, passage.text), scar=False)
    passage = passage.without(_spans(_BRACKETED, passage.text), scar=True)
    return passage.without(_spans(_SPLICED, passage.text), scar=True)


def is_spliced(text: str) -> bool:
    """Whether the words of site spam stand in a text: whole sentences of others may, too."""
    return _SPLICED.search(text) is not None


def is_frame(line: str) -> bool:
    """Whether a line is of the page and not of the article: counters, footers, addresses.

    A long line with sentences is an article's, even where it begins with its source.
    """
    if _MARKED.match(line):
        return True
    found = _FRAME.search(line)
    if found is None:
        return False
    sentences = sum(line.count(mark) for mark in "。！？")
    return sentences == 0 or (len(line) < 60 and not _BY.match(line))


def is_foreign(clause: str, *, spliced: bool) -> bool:
    """Whether a clause sells something or counts readers: its numbers are not the programme's.

    `spliced`: the article holds other texts, so a clause that tells a tale is taken for one of them.
    """
    return bool(_SELLING.search(clause) or _FRAME.search(clause) or (spliced and _TALE.search(clause)))


def is_advertisement(sentence: str) -> bool:
    """Whether a whole sentence sells something: a short one that says so twice."""
    return len(sentence) <= _ADVERTISEMENT_LENGTH and len(_SELLING.findall(sentence)) > 1


def is_spam(text: str) -> bool:
    """Whether a stretch of text holds any sign of advertising or of another text."""
    return bool(_SPLICED.search(text) or is_foreign(text, spliced=True))


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [found.span() for found in pattern.finditer(text) if found.end() > found.start()]
