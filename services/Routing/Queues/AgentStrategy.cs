namespace CallCenter.Routing.Queues;

/// <summary>Which of several free agents takes a contact. Where a strategy finds agents alike, the one who is idle longest does.</summary>
internal enum AgentStrategy
{
    /// <summary>Who is idle longest.</summary>
    LongestIdle,

    /// <summary>In turn: whoever had a contact of this queue longest ago.</summary>
    RoundRobin,

    /// <summary>Who answered fewest contacts in this shift.</summary>
    FewestContacts,

    /// <summary>Who was in conversation least in this shift.</summary>
    LeastTalkTime,

    /// <summary>Who has the highest levels of the skills asked for.</summary>
    SkillLevel,

    /// <summary>By the tier and position of the agent's profile.</summary>
    Tiers,

    /// <summary>Who served this caller last, else who is idle longest.</summary>
    LastAgent,

    /// <summary>Whose hour costs least.</summary>
    Cheapest,

    /// <summary>Always from the first position of the profiles on, whoever is idle longer.</summary>
    Linear,

    /// <summary>Whose time costs least: the wage, and more for who is needed in other queues too. An agent who becomes free takes the contact whose waiting costs most.</summary>
    ServiceLevelRisk,

    /// <summary>Drawn by lot: an agent of twice the weight is chosen twice as often.</summary>
    Random,

    /// <summary>All who are free, at once: who accepts first has the contact.</summary>
    RingAll,
}
