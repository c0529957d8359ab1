namespace CallCenter.Media.Tests;

/// <summary>Mean opinion scores beside ITU-T G.107 worked out by hand.</summary>
public sealed class VoiceQualityTests
{
    [Theory]
    [InlineData(0, 0, 0, 4.39)] // R = 93.2 - 0.024 * 40 = 92.2
    [InlineData(0, 0, 300, 4.27)] // 190 ms one way: R = 93.2 - 4.56 - 1.40
    [InlineData(1, 0, 0, 3.79)] // Ie,eff = 95 / 5.3 = 17.9
    [InlineData(5, 0, 0, 2.12)] // Ie,eff = 51.1
    [InlineData(100, 0, 0, 1.0)]
    public void The_e_model(double loss, double jitter, double roundTrip, double mos) => VoiceQuality.Mos(loss, jitter, roundTrip).ShouldBe(mos, 0.01);

    [Fact]
    public void More_of_anything_bad_is_never_better()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var n = 0; n < 10_000; n++)
        {
            var (loss, jitter, trip) = (random.NextDouble() * 100, random.NextDouble() * 200, random.NextDouble() * 2000);
            var mos = VoiceQuality.Mos(loss, jitter, trip);
            mos.ShouldBeInRange(1, 4.4);
            VoiceQuality.Mos(loss + 1, jitter, trip).ShouldBeLessThanOrEqualTo(mos);
            VoiceQuality.Mos(loss, jitter + 1, trip).ShouldBeLessThanOrEqualTo(mos);
            VoiceQuality.Mos(loss, jitter, trip + 10).ShouldBeLessThanOrEqualTo(mos);
        }
    }
}
