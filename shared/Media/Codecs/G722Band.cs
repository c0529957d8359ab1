namespace CallCenter.Media.Codecs;

/// <summary>
/// One half band of G.722: an adaptive quantizer and an adaptive predictor of two poles and six zeros. The names of the
/// blocks are the Recommendation's (section 3 to 6); 16-bit arithmetic with saturation.
/// </summary>
internal sealed class G722Band(int initialScale)
{
    // Table 14: decision levels of the lower band's 6-bit quantizer and its outputs, the outputs by 4 bits, which alone
    // drive the adaptation, and the steps of the logarithmic scale factor; the same for the upper band's 2 bits.
    private static readonly int[] LowLevels =
    [
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650,
        714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
    ];
    private static readonly int[] LowOutputs =
    [
        0, 17, 54, 91, 130, 170, 211, 254, 300, 347, 396, 447, 501, 558, 618, 682,
        750, 822, 899, 982, 1072, 1170, 1279, 1399, 1535, 1689, 1873, 2088, 2376, 2738, 3101,
    ];
    private static readonly int[] LowOutputsBy4 = [0, 150, 323, 530, 786, 1121, 1612, 2557];
    private static readonly int[] LowSteps = [-60, -30, 58, 172, 334, 538, 1198, 3042];
    private const int HighLevel = 564;
    private static readonly int[] HighOutputs = [0, 202, 926];
    private static readonly int[] HighSteps = [0, -214, 798];

    // Table 15: 2^(n/32), scaled.
    private static readonly int[] Antilog =
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];

    private const int LowScaleMax = 18_432;
    private const int HighScaleMax = 22_528;
    private const int LowShift = 8;
    private const int HighShift = 10;
    private const int Zeros = 6;

    private readonly int[] _b = new int[Zeros];
    private readonly int[] _d = new int[Zeros];
    private int _a1, _a2;
    private int _p1, _p2;
    private int _r1, _r2;
    private int _logScale;
    private int _scale = initialScale;
    private int _zeroPrediction;
    private int _prediction;

    /// <summary>The 6-bit code of a sample of 15 bits.</summary>
    public int EncodeLow(int sample)
    {
        var error = Saturate(sample - _prediction);
        var magnitude = error >= 0 ? error : ~error;
        var level = 1;
        while (level < LowLevels.Length && magnitude >= (LowLevels[level] * _scale) >> 12)
        {
            level++;
        }
        var code = error >= 0 ? 62 - level : level <= 2 ? 64 - level : 34 - level;
        AdaptLow(code >> 2);
        return code;
    }

    /// <summary>The sample of 15 bits that a 6-bit code stands for.</summary>
    public int DecodeLow(int code)
    {
        // Codes below 4 are never sent; they count as the least negative one.
        var output = code switch
        {
            < 4 => -LowOutputs[1],
            < 32 => -LowOutputs[34 - code],
            < 62 => LowOutputs[62 - code],
            _ => -LowOutputs[64 - code],
        };
        var sample = Math.Clamp(_prediction + ((_scale * 8 * output) >> 15), -16_384, 16_383);
        AdaptLow(code >> 2);
        return sample;
    }

    private void AdaptLow(int code4)
    {
        var index = code4 >= 8 ? 15 - code4 : code4 == 0 ? 0 : 8 - code4;
        var output = code4 >= 8 ? LowOutputsBy4[index] : -LowOutputsBy4[index];
        var difference = (_scale * 8 * output) >> 15;
        Rescale(LowSteps[index], LowScaleMax, LowShift);
        Predict(difference);
    }

    /// <summary>The 2-bit code of a sample of the upper band.</summary>
    public int EncodeHigh(int sample)
    {
        var error = Saturate(sample - _prediction);
        var index = (error >= 0 ? error : ~error) >= (HighLevel * _scale) >> 12 ? 2 : 1;
        var difference = (_scale * 8 * (error >= 0 ? HighOutputs[index] : -HighOutputs[index])) >> 15;
        Rescale(HighSteps[index], HighScaleMax, HighShift);
        Predict(difference);
        return error >= 0 ? 4 - index : 2 - index;
    }

    // Blocks LOGSCL, SCALEL, LOGSCH, SCALEH.
    private void Rescale(int step, int max, int shift)
    {
        _logScale = Math.Clamp(((_logScale * 127) >> 7) + step, 0, max);
        var exponent = shift - (_logScale >> 11);
        var mantissa = Antilog[(_logScale >> 6) & 31];
        _scale = (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
    }

    /// <summary>Adapts both predictors to the quantized difference and predicts the next sample.</summary>
    private void Predict(int difference)
    {
        var reconstructed = Saturate(_prediction + difference);
        var partial = Saturate(_zeroPrediction + difference);
        AdaptPoles(partial);
        AdaptZeros(difference);
        (_p2, _p1) = (_p1, partial);
        (_r2, _r1) = (_r1, reconstructed);
        // FILTEP, FILTEZ, PREDIC.
        var poles = Saturate(((_a1 * Saturate(2 * _r1)) >> 15) + ((_a2 * Saturate(2 * _r2)) >> 15));
        var zeros = 0;
        for (var i = 0; i < Zeros; i++)
        {
            zeros += (_b[i] * Saturate(2 * _d[i])) >> 15;
        }
        _zeroPrediction = Saturate(zeros);
        _prediction = Saturate(poles + _zeroPrediction);
    }

    // UPPOL2, UPPOL1.
    private void AdaptPoles(int partial)
    {
        var like1 = (partial < 0) == (_p1 < 0);
        var like2 = (partial < 0) == (_p2 < 0);
        var slope = Saturate(4 * _a1);
        var a2 = (like2 ? 128 : -128) + ((like1 ? Math.Min(-slope, short.MaxValue) : slope) >> 7) + ((_a2 * 32_512) >> 15);
        _a2 = Math.Clamp(a2, -12_288, 12_288);
        var limit = 15_360 - _a2;
        _a1 = Math.Clamp(Saturate((like1 ? 192 : -192) + ((_a1 * 32_640) >> 15)), -limit, limit);
    }

    // UPZERO, and the delay line moves on.
    private void AdaptZeros(int difference)
    {
        var step = difference == 0 ? 0 : 128;
        for (var i = Zeros - 1; i >= 0; i--)
        {
            var like = (_d[i] < 0) == (difference < 0);
            _b[i] = Saturate((like ? step : -step) + ((_b[i] * 32_640) >> 15));
            _d[i] = i == 0 ? difference : _d[i - 1];
        }
    }

    private static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);
}
