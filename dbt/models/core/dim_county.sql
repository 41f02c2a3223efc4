{{ latest_names(ref('int_organization'), 'county', ['county_code']) }}
