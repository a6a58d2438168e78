-- id: A17
-- name_zh: 证书一号两人、无合格结业或早于结业
-- name_en: Certificate on two persons, without a pass, or before the end
-- version: 1
-- source: OB3 certificate status; audits of skill certificates
-- cases: two_persons E, no_pass E, too_early E
-- zh.two_persons: 证书 {certificate}（{issued_on}）的编号已发给另一人
-- en.two_persons: certificate {certificate} of {issued_on} has a number that another person holds
-- zh.no_pass: 证书 {certificate}（{issued_on}）所在班 {class_no} 没有此人的合格结业
-- en.no_pass: certificate {certificate} of {issued_on}: class {class_no} has no pass of this person
-- zh.too_early: 证书 {certificate} 发证 {issued_on} 早于 {class_no} 班结业 {ended_on}
-- en.too_early: certificate {certificate} was issued on {issued_on}, before class {class_no} ended on {ended_on}
-- facts: certificate, issued_on, class_no, ended_on
-- figures: certificates_issued
-- rule_zh: 同一证书编号属于两人；证书所在班无合格结业；发证早于结业。
-- rule_en: One certificate number on two persons; a certificate whose class has no pass of the person; one that
--   was issued before the class ended.

WITH held AS (
    SELECT c.subject, c.person, c.programme, c.region, c.log, c.idx, c.certificate, c.issued_on, c.class_no,
           FIRST_VALUE(c.person) OVER (PARTITION BY c.certificate ORDER BY c.recorded, c.log, c.idx) AS first_person,
           FIRST_VALUE(c.log) OVER (PARTITION BY c.certificate ORDER BY c.recorded, c.log, c.idx) AS first_log,
           FIRST_VALUE(c.idx) OVER (PARTITION BY c.certificate ORDER BY c.recorded, c.log, c.idx) AS first_idx
    FROM live_certificates c
)
SELECT h.subject AS key, h.person, h.programme, h.region, 'two_persons' AS finding, h.log, h.idx,
       h.first_log AS log2, h.first_idx AS idx2, h.certificate, h.issued_on, h.class_no, CAST(NULL AS TEXT) AS ended_on
FROM held h
WHERE h.person <> h.first_person
UNION ALL
SELECT c.subject, c.person, c.programme, c.region,
       CASE WHEN r.result = 'passed' THEN 'too_early' ELSE 'no_pass' END, c.log, c.idx,
       r.log, r.idx, c.certificate, c.issued_on, c.class_no, r.ended_on
FROM live_certificates c
LEFT JOIN live_results r ON r.subject = c.subject AND r.log = c.log
WHERE COALESCE(r.result, '') <> 'passed' OR c.issued_day < r.ended_day
