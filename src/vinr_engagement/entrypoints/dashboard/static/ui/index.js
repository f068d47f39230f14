// Every component, from one place.

export { Button } from "./button.js";
export { Chart } from "./chart.js";
export { Combobox } from "./combobox.js";
export { Confirm, Dialog } from "./dialog.js";
export { Bar, DefinitionList, Points, Progress, Stat } from "./figures.js";
export { Field, Form } from "./form.js";
export { Icon } from "./icon.js";
export { Checkbox, DateTimeInput, DecimalInput, MoneyInput, NumberInput, Select, Switch, TextArea, TextInput } from "./inputs.js";
export { KeyValues } from "./key_values.js";
export { Card, Grid, Page, Row, Stack } from "./layout.js";
export { Menu } from "./menu.js";
export { Badge, Copy, Id, JsonView, ProgramName, Status, Time } from "./pieces.js";
export { PeriodPicker, usePeriod } from "./period.js";
export { Empty, ErrorNotice, Notice, Skeleton } from "./states.js";
export { ListTable, Table } from "./table.js";
export { Tabs } from "./tabs.js";
export { toast } from "./toast.js";
