-- id: A41
-- name_zh: 条目无法读取或有缺口
-- name_en: Entries that nobody could read, or that are missing
-- version: 1
-- source: the ledger's own check; fsck goes further
-- cases: parked E, hole E
-- zh.parked: 第 {entry} 条（{subject}）无法读取，未进入任何指标：{reason}
-- en.parked: entry {entry} ({subject}) could not be read and is in no figure: {reason}
-- zh.hole: {subject} 应有 {entries} 条，此处只有 {entry} 条
-- en.hole: {subject} has {entries} entries, and only {entry} are held here
-- facts: entry, subject, reason, entries
-- figures: persons_trained, training_completions, agreements_signed, employment_starts, visits_completed
-- rule_zh: 截面内有无法读取的条目，或条目有缺。
-- rule_en: Entries of the cut that could not be read, or that are missing.

SELECT p.subject || '@' || p.idx AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS TEXT) AS programme, CAST(NULL AS TEXT) AS region, 'parked' AS finding,
       p.log, p.idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, p.idx AS entry, p.subject, p.reason, CAST(NULL AS BIGINT) AS entries
FROM parked p
WHERE p.idx < (SELECT cut.size FROM cut WHERE cut.log = p.log)
UNION ALL
SELECT 'log/' || h.log, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), 'hole', h.log, h.held, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), h.held, h.log, CAST(NULL AS TEXT), h.size
FROM (
    SELECT cut.log, cut.size, COUNT(e.idx) AS held
    FROM cut
    LEFT JOIN entries e ON e.log = cut.log AND e.idx < cut.size
    GROUP BY cut.log, cut.size
) h
WHERE h.held < h.size
