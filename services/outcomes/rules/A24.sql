-- id: A24
-- name_zh: 培训机构即用人单位
-- name_en: The training provider is the employer
-- version: 1
-- source: DWP: work with the provider
-- cases: provider W
-- zh.provider: {started_on} 上岗的 {employer} 即其 {class_no} 班的培训机构
-- en.provider: {employer}, where work began on {started_on}, is the provider of class {class_no}
-- facts: employer, started_on, class_no
-- figures: employment_starts, persons_started
-- rule_zh: 上岗单位与此人所在班的培训机构同名或同码。
-- rule_en: The employer's name or code is that of the provider of a class of the person.

WITH met AS (
    SELECT s.subject, s.person, s.programme, s.region, s.log, s.idx, s.employer, s.started_on, t.class_no,
           t.log AS log2, t.idx AS idx2,
           ROW_NUMBER() OVER (PARTITION BY s.log, s.idx ORDER BY t.enrolled_day DESC, t.log, t.idx) AS nth
    FROM live_starts s
    JOIN live_classroom t ON t.person = s.person AND t.programme = s.programme
    WHERE t.provider = s.employer OR t.provider = s.employer_name
)
SELECT m.subject AS key, m.person, m.programme, m.region, 'provider' AS finding, m.log, m.idx, m.log2, m.idx2,
       m.employer, m.started_on, m.class_no
FROM met m
WHERE m.nth = 1
