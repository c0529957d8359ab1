using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>A flow with every kind of step.</summary>
internal static class DemoFlow
{
    public static readonly Guid Tenant = new("0192f000-0000-7000-8000-000000000001");
    public static readonly Guid Id = new("0192f000-0000-7000-8000-000000000002");
    public static readonly Guid Sales = new("0192f000-0000-7000-8000-000000000003");
    public static readonly Guid Support = new("0192f000-0000-7000-8000-000000000004");
    public static readonly Guid Greeting = Prompt(1), Menu = Prompt(2), NoInput = Prompt(3), NoMatch = Prompt(4), Bye = Prompt(5), Music = Prompt(6), AgentLost = Prompt(7), Leave = Prompt(8);

    /// <summary>A Tuesday at noon.</summary>
    public static readonly DateTime OpenTime = new(2026, 12, 22, 12, 0, 0);

    /// <summary>Christmas Eve at noon.</summary>
    public static readonly DateTime ClosedTime = new(2026, 12, 24, 12, 0, 0);

    public static readonly IReadOnlySet<Guid> Prompts = new HashSet<Guid> { Greeting, Menu, NoInput, NoMatch, Bye, Music, AgentLost, Leave };

    public static FlowDefinition Create() => new()
    {
        Tenant = Tenant,
        Name = "Main",
        Language = "fi",
        Start = "hours",
        Steps = new Dictionary<string, FlowStep>
        {
            ["hours"] = new()
            {
                Hours = new()
                {
                    Open = [new() { Days = ["Mon", "Tue", "Wed", "Thu", "Fri"], From = "08:00", To = "16:00" }],
                    ClosedOn = [new(2026, 12, 24)],
                    Then = "greeting",
                    Otherwise = "closed",
                },
            },
            ["greeting"] = new() { Play = new() { Prompt = Greeting, Next = "menu" } },
            ["menu"] = new()
            {
                Menu = new()
                {
                    Prompt = Menu,
                    Options = new Dictionary<string, string> { ["1"] = "sales", ["2"] = "support", ["9"] = "greeting", ["*"] = "message" },
                    NoInput = NoInput,
                    NoMatch = NoMatch,
                    Attempts = 3,
                    FirstDigitSeconds = 5,
                    Failed = "bye",
                },
            },
            ["sales"] = new() { Queue = new() { Queue = Sales } },
            ["support"] = new() { Queue = new() { Queue = Support, Music = Music, AgentLost = AgentLost, Announce = new() { EverySeconds = 30 } } },
            ["message"] = new() { Voicemail = new() { Prompt = Leave, MaxSeconds = 60, SilenceSeconds = 4 } },
            ["closed"] = new() { HangUp = new() { Prompt = Bye } },
            ["bye"] = new() { HangUp = new() { Prompt = Bye } },
        },
    };

    private static Guid Prompt(int n) => new($"0192f000-0000-7000-8000-0000000001{n:00}");
}
