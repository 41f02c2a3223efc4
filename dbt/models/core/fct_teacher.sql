{{ teacher_figures(ref('int_teacher'), 'school') }}
