-- id: cooperations
-- name_zh: 合作单位
-- name_en: Cooperations
-- unit: 家
-- member: employer
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to
-- exclusions: voided, closed
-- base_reasons:
-- rule_zh: 截止日或之前签订了合作、且未停业的单位，按单位去重。停业：登记过，且截止日没有一处登记未停业。
-- rule_en: Employers with which a cooperation was signed on or before `to`, each once, unless closed by then: there
--   are registrations, and none of them is open.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM cooperation_signed later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN cooperation_signed x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
standing AS (
    SELECT r.programme, r.employer, MIN(r.rank) AS rank
    FROM registrations r
    WHERE r.rank < 3
    GROUP BY r.programme, r.employer
),
-- of each employer the first place of those with the first rank, both in one number (rank * 2^52 + place)
best AS (
    SELECT x.employer,
           MIN(CASE WHEN u.rank = 1 THEN 3 WHEN s.rank = 2 THEN 2 ELSE 1 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = x.log) * 1099511627776 + x.idx) AS best
    FROM cooperation_signed x
    LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN standing s ON s.employer = x.employer AND s.programme = x.programme
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.signed_day <= :to_day
    GROUP BY x.employer
)
SELECT b.employer AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'closed' WHEN 3 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
