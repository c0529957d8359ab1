using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>The shortest whole contact: a call to the tenant's first agent, recorded, over.</summary>
internal static class OneTalk
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>Plays it and waits until the history has it.</summary>
    public static async Task<ContactItem> Play(RunningCenter center, TestTenant tenant, string from = "+358401112233")
    {
        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0]);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number, from).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon);
        call.Audio.Press('1');
        await call.Audio.Hears(1000, Soon);
        call.HangUp();
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var ended = await Eventually.Get(
            "the contact ended", Soon, () => tenant.Contacts(supervisor), all => all.Count == 1 && all[0].EndedAt is not null && all[0].Recordings.Count == 1);
        return ended[0];
    }
}
