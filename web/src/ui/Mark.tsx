// The carved screen: two lancets under a pointed arch with a roundel. On the sign-in page, the logo and empty pages only.

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d="M5.5 28.500V15.500C5.500 9.500 10 5 16 2.500c6 2.500 10.500 7 10.500 13v13z" />
      <path d="M16 28.500V18.500M5.500 20c0-3 2-5.500 5.250-7.200C14 14.500 16 17 16 20c0-3 2-5.500 5.250-7.200 3.250 1.700 5.250 4.200 5.250 7.200" />
      <path d="M16 6.800l2.700 3.200-2.700 3.200-2.700-3.200z" />
    </svg>
  );
}

/** A run of the screen, for the sign-in page and empty pages. Its lines take the colour of the text. */
export function Tracery({ bays, height }: { bays: number; height: number }) {
  const width = bays * 48;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} 96`} preserveAspectRatio="xMidYMax slice" fill="none" stroke="currentColor" strokeWidth="1.25" strokeLinejoin="round" aria-hidden="true" focusable="false">
      {Array.from({ length: bays }, (_, bay) => (
        <g key={bay} transform={`translate(${bay * 48} 0)`}>
          <path d="M0 96V38C0 21 10 9 24 2c14 7 24 19 24 36v58" />
          <path d="M24 96V52M0 58c0-8 4.500-14 12-18.500C19.500 44 24 50 24 58c0-8 4.500-14 12-18.500C43.500 44 48 50 48 58" />
          <path d="M-4.500-4.500a4.500 4.500 0 0 1 9 0 4.500 4.500 0 0 1 0 9 4.500 4.500 0 0 1-9 0 4.500 4.500 0 0 1 0-9z" transform="translate(24 24)" />
          <path d="M12 96V57M36 96V57M0 78h48" strokeOpacity=".5" />
        </g>
      ))}
    </svg>
  );
}
