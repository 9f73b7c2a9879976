/** What a person does in the rule editor of the console. */
import type { Page } from 'playwright-core';

/** As a person would: to some words, by finding them, and on by a few letters. */
export async function putCursor(page: Page, words: string, letters: number): Promise<void> {
  await page.locator('.monaco-editor .view-lines').click({ position: { x: 40, y: 10 } });
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+F');
  await page.locator('.find-widget textarea').first().fill(words);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowLeft');
  for (let letter = 0; letter < letters; letter += 1) await page.keyboard.press('ArrowRight');
}

/** As a person would: into the text, to its end, and typing. */
export async function typeAtEnd(page: Page, text: string): Promise<void> {
  await page.locator('.monaco-editor .view-lines').click({ position: { x: 40, y: 10 } });
  await page.keyboard.press('Control+End');
  for (const line of text.split('\n')) {
    await page.keyboard.press('Enter');
    // The editor indents by itself; what is typed here brings its own indentation.
    await page.keyboard.press('Shift+Home');
    await page.keyboard.type(line);
    await page.keyboard.press('Escape');
  }
}
