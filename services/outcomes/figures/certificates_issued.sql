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
WITH revoked AS (
    SELECT DISTINCT issued.log, issued.idx
    FROM certificate_revoked x
    CROSS JOIN certificate_issued issued
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE issued.person = x.person AND issued.subject = x.subject AND issued.log || '' = x.log
      AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.revoked_day <= :to_day
),
judged AS (
    SELECT x.log, x.idx, x.subject, COALESCE(m.root, x.person) AS person,
           CASE WHEN g.entry IS NOT NULL THEN 'voided'
                WHEN r.idx IS NOT NULL THEN 'revoked' END AS reason
    FROM certificate_issued x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN revoked r ON r.idx = x.idx AND r.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.issued_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.issued_day) AND :to_day
      AND (g.entry IS NULL
           OR (g.superseded = 0
               AND NOT EXISTS (
                   SELECT 1 FROM certificate_issued later
                   WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                     AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log))))
)
SELECT j.subject AS key, j.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx
FROM judged j
