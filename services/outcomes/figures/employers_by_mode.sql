-- id: employers_by_mode
-- name_zh: 按经营模式分的用人单位
-- name_en: Employers by mode of business
-- unit: 家
-- member: employer
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 2
-- parameters: programme, region, to, mode
-- mode: any 不限 (default) | employee 员工制 | agency 中介制
-- exclusions: voided, closed, other_mode, unknown_mode
-- base_reasons:
-- splits: mode = employee, agency
-- rule_zh: 截止日已登记、未停业，经营模式为员工制或中介制（可用 mode 指定一种）的用人单位，按模式分列。
--   同一单位各处登记的模式不一的，以最早登记的为准；未填模式的单列。
-- rule_en: Employers registered and not closed by `to` that do business as employers of their people (员工制) or as
--   agencies (中介制), or as the one that `mode` names; shown by mode. Where registrations disagree, the first
--   recorded counts. An unknown mode is neither.

-- of each employer the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH best AS (
    SELECT r.employer,
           MIN(r.rank * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = r.log) * 1099511627776 + r.idx) AS best
    FROM registrations r
    WHERE substr(r.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
    GROUP BY r.employer
),
judged AS (
    SELECT b.employer, r.log, r.idx, m.mode,
           CASE WHEN r.rank = 3 THEN 'voided'
                WHEN r.rank = 2 THEN 'closed'
                WHEN m.mode IS NULL THEN 'unknown_mode'
                WHEN m.mode = CASE CAST(:mode AS TEXT) WHEN 'any' THEN m.mode ELSE CAST(:mode AS TEXT) END
                     AND m.mode <> 'other' THEN NULL
                ELSE 'other_mode' END AS reason
    FROM best b
    CROSS JOIN numbered l
    CROSS JOIN registrations r
    LEFT JOIN modes m ON m.employer = r.employer AND m.programme = r.programme
    WHERE l.n = b.best / 1099511627776 % 4096 AND r.idx = b.best % 1099511627776 AND r.log = l.log
)
SELECT j.employer AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx,
       j.mode
FROM judged j
