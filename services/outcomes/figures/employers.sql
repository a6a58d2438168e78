-- id: employers
-- name_zh: 用人单位
-- name_en: Employers
-- unit: 家
-- member: employer
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to
-- exclusions: voided, closed
-- base_reasons:
-- rule_zh: 截止日已登记、未停业的用人单位，按统一社会信用代码（没有的按名称）去重。
-- rule_en: Employers registered on or before `to` and not closed by then, each once by credit code, else name.

-- of each employer the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH best AS (
    SELECT r.employer,
           MIN(r.rank * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = r.log) * 1099511627776 + r.idx) AS best
    FROM registrations r
    WHERE substr(r.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
    GROUP BY r.employer
)
SELECT b.employer AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'closed' WHEN 3 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
