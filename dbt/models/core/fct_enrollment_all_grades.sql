{{ student_figures(ref('int_enrollment'), 'school', by_grade=false) }}
