{{ student_figures(ref('int_enrollment'), 'district', by_grade=true) }}
