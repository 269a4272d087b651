// The dialogs and the library under them are one chunk: the user has to reach for a dialog before the page needs it.
export { ConfirmDialog } from "./connect-dialog/confirm-dialog.tsx";
export { DisconnectDialog } from "./cards/disconnect-dialog.tsx";
export { EraseDialog } from "./pages/erase-dialog.tsx";
export { ConnectDialog } from "./connect-dialog/connect-dialog.tsx";
