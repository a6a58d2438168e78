-- id: training_hours
-- name_zh: 培训学时
-- name_en: Training hours
-- unit: 学时
-- member: counted completion
-- kind: flow
-- measure: sum
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: unknown_hours
-- base_reasons:
-- beside: theory 理论学时, practice 实操学时
-- scale: 10
-- rule_zh: 计入的结业的学时合计，理论与实操另列。只填了理论、实操学时的，以两者之和为学时；都未填的单列。
-- rule_en: Hours of counted completions; theory and practice are shown apart. Where only these two are given, their
--   sum stands for the hours; where none is, the completion is left aside.

WITH hours AS (
    SELECT c.log, c.idx, c.subject, c.person, c.theory, c.practice,
           COALESCE(c.hours, CASE WHEN c.theory IS NULL AND c.practice IS NULL THEN NULL
                                  ELSE COALESCE(c.theory, 0) + COALESCE(c.practice, 0) END) AS hours
    FROM completions c
    WHERE c.reason IS NULL
)
SELECT h.subject AS key, h.person, h.hours AS value,
       CASE WHEN h.hours IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN h.hours IS NULL THEN 'unknown_hours' END AS reason, h.log, h.idx,
       h.theory, h.practice
FROM hours h
