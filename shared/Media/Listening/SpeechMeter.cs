namespace CallCenter.Media.Listening;

/// <summary>
/// Whether a leg speaks now. A packet costs a look into a table for each second sample and no allocation. Speech begins with the second
/// loud packet and ends 200 ms after the last (the hang-over of ITU-T P.56), so that the gaps between words are not silence.
/// </summary>
internal sealed class SpeechMeter
{
    private const int HangSamples = 200 * 8;
    private static readonly float[] SquareOfAlaw = Squares(AudioCodec.Pcma), SquareOfUlaw = Squares(AudioCodec.Pcmu);

    private readonly Loudness _loudness = new();
    private bool _wasLoud;
    private long _until = long.MinValue;

    public bool IsSpeaking(long now) => now < _until;

    /// <summary>Takes a packet's G.711 codes at a moment of the media clock.</summary>
    public void Add(AudioCodec codec, ReadOnlySpan<byte> codes, long now)
    {
        var squares = codec == AudioCodec.Pcma ? SquareOfAlaw : SquareOfUlaw;
        var sum = 0f;
        for (var i = 0; i < codes.Length; i += 2)
        {
            sum += squares[codes[i]];
        }
        var loud = _loudness.Add(2 * sum / Math.Max(1, codes.Length));
        if (loud && _wasLoud)
        {
            _until = now + codes.Length + HangSamples;
        }
        _wasLoud = loud;
    }

    private static float[] Squares(AudioCodec codec) =>
        [.. Enumerable.Range(0, 256).Select(code => (float)Math.Pow(G711.Decode(codec, (byte)code), 2))];
}
