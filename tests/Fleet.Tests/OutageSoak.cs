using CallCenter.EndToEnd;

namespace CallCenter.Fleet.Tests;

/// <summary>The table of docs/reliability.md as it is written: 30 live calls and 5 new ones a second.</summary>
[Trait("soak", "fleet")]
public sealed class OutageSoak(CentreFixture fixture)
{
    [Theory(Explicit = true)]
    [InlineData("routing", "killed", 60, "+358911000121")]
    [InlineData("rabbitmq", "killed", 60, "+358911000122")]
    [InlineData("rabbitmq", "frozen", 30, "+358911000123")]
    [InlineData("postgres", "killed", 60, "+358911000124")]
    [InlineData("ivr", "killed", 60, "+358911000125")]
    [InlineData("crm", "killed", 60, "+358911000126")]
    [InlineData("recording", "killed", 60, "+358911000127")]
    [InlineData("reporting", "killed", 60, "+358911000128")]
    [InlineData("tenancy", "killed", 60, "+358911000129")]
    [InlineData("desk-1", "killed", 60, "+358911000130")]
    public async Task What_is_away_ends_no_call_and_loses_nothing(string member, string how, int seconds, string number)
    {
        await using var outage = await Outage.Begin(await fixture.Center(), "soaked", number, talking: 20, waiting: 10, arrivalsPerSecond: 5);
        await outage.Of([member], how, TimeSpan.FromSeconds(seconds));
        await outage.EveryCallIsWhole();
        TestContext.Current.TestOutputHelper?.WriteLine(outage.ToString());
    }
}
