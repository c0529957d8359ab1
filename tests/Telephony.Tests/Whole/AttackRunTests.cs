using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Attack runs with real tools from outside of the trusted range while calls go on.</summary>
[Trait("needs", "server")]
[Collection(nameof(AloneCollection))]
public sealed class AttackRunTests
{
    /// <summary>Few calls, from a loopback address outside of the trusted ones: needs no right to make a network namespace.</summary>
    [Fact]
    public async Task A_short_attack_harms_no_call_and_reveals_nothing()
    {
        await using var run = new AttackRun(null, Environment.TickCount);
        run.Check(await run.Run(calls: 3, more: 1, disguised: true, plainPhones: true), banned: [1, 2, 4]);
    }

    /// <summary>From a host of its own: the tools as they are, disguised, and disguised where phones outside need no TLS. Where every answer is the same the disguised tools
    /// give up before they are banned.</summary>
    [Theory(Explicit = true)]
    [Trait("soak", "attack")]
    [InlineData(1, false, false, new[] { 0, 1, 2, 4 })]
    [InlineData(2, true, false, new[] { 2, 4 })]
    [InlineData(3, true, true, new[] { 1, 2, 4 })]
    public async Task An_attack_harms_none_of_fifty_calls_and_reveals_nothing(int number, bool disguised, bool plainPhones, int[] banned)
    {
        await using var host = await OutsideHost.Open();
        await using var run = new AttackRun(host, Environment.TickCount + number);
        run.Check(await run.Run(calls: 50, more: 20, disguised, plainPhones), banned);
    }
}
