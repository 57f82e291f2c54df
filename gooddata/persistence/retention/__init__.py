"""For how long what is kept, and its end: terms by project and kind go in; windows that all terms have passed are
dropped, and rows of projects with a shorter term are taken out. Nothing goes that workers have not applied yet."""
