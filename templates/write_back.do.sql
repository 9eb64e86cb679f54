do {{ body | dollar }}
