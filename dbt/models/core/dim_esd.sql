{{ latest_names(ref('int_organization'), 'esd') }}
