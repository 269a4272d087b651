import { goToPage } from "../route.ts";
import { Button } from "../ui/button.tsx";
import { Header } from "../ui/header.tsx";
import { useTitle } from "../ui/title.ts";

/** The page at an address that does not exist. */
export function NotFoundPage() {
  useTitle("Not found");
  return (
    <>
      <Header />
      <main className="alone">
        <h1>There is nothing here</h1>
        <p className="lead">The address may be old or mistyped.</p>
        <Button tone="primary" onClick={() => goToPage("/integrations")}>
          Go to integrations
        </Button>
      </main>
    </>
  );
}
