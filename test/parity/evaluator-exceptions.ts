/**
 * Findings of dbt-project-evaluator's checks that are intended: for each check, the finding (`*` stands for any text) and the
 * reason.
 */
export const exceptions: Record<string, Record<string, string>> = {
  fct_direct_join_to_source: {
    stg_ospi__enrollment:
      'It reads its own rows in stg_ospi__enrollment_row: figures and rows are two tables of one source.',
    stg_ospi__regional_total: 'It reads the corrections, which are data about this publisher.',
    stg_ospi__enrollment_row:
      'It reads which districts are none: that is a mistake of the publisher in both its sources.',
    stg_ospi__teachers: 'As above.',
  },
  fct_multiple_sources_joined: {
    stg_ospi__regional_total: 'A code is no district where neither source of the publisher has a school in it.',
  },
  fct_source_fanout: {
    'ospi.ospi_enrollment_row': 'stg_ospi__regional_total reads which codes it has.',
    'ospi.ospi_teachers': 'As above.',
  },
  fct_staging_dependent_on_staging: {
    'stg_ospi__*': 'As in fct_direct_join_to_source.',
  },
  fct_model_fanout: {
    dim_district: 'Marts of every kind name the district of a school.',
  },
  fct_rejoining_of_upstream_concepts: {
    'school_representation > int_top_probability > int_ranked_teachers_of_color':
      'The probability of a school comes from all schools of its region, and stands beside the school it belongs to.',
    'schools > similar_school > school_representation':
      'The median of schools like one comes from their pairs, and stands beside the school it belongs to.',
  },
  fct_unused_sources: {
    'rollcall.extra_value': 'Columns that no declaration knows are kept for whoever declares them.',
  },
  fct_exposure_parents_materializations: {
    'report < *':
      'The page of the data shows what was checked and rejected, as it was written down; the trace shows one row of staging.',
  },
  fct_missing_primary_key_tests: {
    stg_ospi__enrollment:
      'Its rows are those of the source, whose key is tested; a test here would sort every figure in every build.',
    int_enrollment: 'As above: it is a union of such.',
    int_teacher: 'As above.',
    int_organization: 'An organization is there twice where a file names it in two ways.',
  },
  fct_sources_without_freshness: {
    'ospi.ospi_enrollment_row': 'It is of the same file as ospi.ospi_enrollment.',
    'ospi.ospi_teachers': 'Its publisher has no days of release.',
    'road_map.school_list': 'It is a list that somebody writes.',
    'rollcall.landed_file': 'It is about the files, whatever their age.',
    'rollcall.source_partition': 'As above.',
    'rollcall.rejected_row': 'As above.',
    'rollcall.extra_value': 'As above.',
    'rollcall.correction': 'It is of corrections.yml.',
    'audit.*': 'It is written by the build itself.',
  },
};
