namespace CallCenter.Desk.Web.Tests;

/// <summary>The built client in a real browser, before a running system with real phones and callers.</summary>
[Trait("needs", "server")]
public sealed class BrowserTests(StageFixture fixture, ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public async Task An_agent_works_through_a_shift()
    {
        var stage = await fixture.Get();
        var told = await Npm.Run(["run", "browser", "--", "browser/agent.test.ts"], TimeSpan.FromMinutes(8), ("DESK_STAGE", stage.Address.ToString()));
        output.WriteLine(told);
        told.ShouldContain("Test Files");
    }
}
