-- id: certificates_issued
-- name_zh: 发证数
-- name_en: Certificates issued
-- unit: 本
-- member: certificate
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided, revoked
-- base_reasons:
-- rule_zh: 发证日期在期内、截止日前未注销的证书。
-- rule_en: Certificates issued in the window and not revoked on or before `to`.

-- 0 a version, 1 voided, 2 revoked
WITH set_aside AS MATERIALIZED (
    SELECT u.log, u.idx, MIN(u.rank) AS rank
    FROM (
        SELECT x.log, x.idx,
               CASE WHEN g.superseded = 1 OR EXISTS (
                   SELECT 1 FROM certificate_issued later
                   WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                     AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
               ) THEN 0 ELSE 1 END AS rank
        FROM gone g
        CROSS JOIN certificate_issued x
        WHERE x.log = g.log AND x.idx = g.entry
        UNION ALL
        SELECT x.log, x.idx, 2
        FROM certificate_revoked r
        CROSS JOIN certificate_issued x
        LEFT JOIN gone g ON g.entry = r.idx AND g.log = r.log
        WHERE x.person = r.person AND x.subject = r.subject AND x.log || '' = r.log
          AND r.idx < (SELECT cut.size FROM cut WHERE cut.log = r.log) AND g.entry IS NULL
          AND r.revoked_day <= :to_day
    ) u
    GROUP BY u.log, u.idx
)
SELECT x.subject AS key, COALESCE(m.root, x.person) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN u.rank IS NULL THEN 1 ELSE 0 END AS counted,
       CASE u.rank WHEN 1 THEN 'voided' WHEN 2 THEN 'revoked' END AS reason, x.log, x.idx
FROM certificate_issued x
LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
LEFT JOIN merged m ON m.person = x.person
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.issued_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.issued_day) AND :to_day
