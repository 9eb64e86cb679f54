select {{ condition }}
