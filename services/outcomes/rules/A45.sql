-- id: A45
-- name_zh: 更正或删除缺少复核
-- name_en: Corrections and erasures without a reason or a second person
-- version: 1
-- source: TAC-19-01: separation of duties
-- thresholds: times = 5 同一记录更正上限（次） | corrections of one record
-- cases: no_second_actor E, no_reason E, many W
-- zh.no_second_actor: 个人信息删除（案号 {reason}）没有第二人确认
-- en.no_second_actor: an erasure (case {reason}) that nobody confirmed
-- zh.no_reason: 第 {entry} 条的撤销没有理由
-- en.no_reason: entry {entry} was retracted without a reason
-- zh.many: 同一记录已更正或撤销 {corrections} 次
-- en.many: one record was corrected or retracted {corrections} times
-- facts: reason, entry, corrections
-- figures: persons_trained, agreements_signed, employment_starts
-- rule_zh: 删除个人信息没有第二人；撤销没有理由；同一记录更正超过 times 次。
-- rule_en: An erasure without a second officer; a retraction without a reason; one record corrected more than times.

WITH within AS (
    SELECT r.log, r.idx, r.subject, r.entry, r.reason
    FROM entry_retracted r
    WHERE r.idx < (SELECT cut.size FROM cut WHERE cut.log = r.log)
),
often AS (
    SELECT w.log, w.subject, MAX(w.idx) AS idx, COUNT(*) AS corrections
    FROM within w
    GROUP BY w.log, w.subject
    HAVING COUNT(*) > :times
)
SELECT x.subject AS key, COALESCE(m.root, x.person) AS person, CAST(NULL AS TEXT) AS programme, CAST(NULL AS TEXT) AS region,
       'no_second_actor' AS finding, x.log, x.idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, x."case" AS reason,
       CAST(NULL AS BIGINT) AS entry, CAST(NULL AS BIGINT) AS corrections
FROM person_erased x
LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
LEFT JOIN merged m ON m.person = x.person
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL AND x.second_actor IS NULL
UNION ALL
SELECT w.subject || '@' || w.idx, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), 'no_reason', w.log, w.idx, w.log, w.entry, CAST(NULL AS TEXT), w.entry, CAST(NULL AS BIGINT)
FROM within w
WHERE trim(w.reason) = ''
UNION ALL
SELECT o.subject, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), 'many', o.log, o.idx, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS BIGINT), o.corrections
FROM often o
