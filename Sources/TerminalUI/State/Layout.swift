/// Where things are on a screen. Rendering draws into these rectangles; updates need their heights to know what is
/// visible.
struct Layout {
    /// From this width on, details stand to the right of a list.
    static let detailColumns = 120
    /// From this width on, the wallets stay in view at the left.
    static let walletColumns = 160

    /// Everything between the head and the last two lines.
    let body: Rect
    /// The wallets at the left.
    let wallets: Rect?
    /// The list, with its title line and its column titles.
    let list: Rect
    /// What the cursor is on.
    let detail: Rect?
    /// Whether the details stand below the list rather than beside it.
    let isDetailBelow: Bool

    /// Network, tabs and a line.
    static let headRows = 3
    /// Message and keys.
    static let footRows = 2

    init(size: Size, screen: ScreenID) {
        body = Rect(size).droppingTop(Self.headRows).droppingBottom(Self.footRows)
        var rest = body
        if size.columns >= Self.walletColumns, screen != .overview, screen != .wallets {
            wallets = rest.left(36)
            // One column between panes is the line.
            rest = rest.droppingLeft(37)
        } else {
            wallets = nil
        }
        let hasDetail = screen != .overview && screen != .log
        guard hasDetail else {
            list = rest
            detail = nil
            isDetailBelow = false
            return
        }
        if size.columns >= Self.detailColumns {
            let columns = max(44, min(rest.columns * 42 / 100, 80))
            list = rest.left(rest.columns - columns - 1)
            detail = rest.droppingLeft(rest.columns - columns)
            isDetailBelow = false
        } else {
            let rows = screen == .transactions ? 8 : screen == .wallets ? 5 : 4
            list = rest.droppingBottom(rows + 1)
            detail = rest.bottom(rows)
            isDetailBelow = true
        }
    }

    /// The rows of the list itself, below its title and column titles.
    var listRows: Rect { list.droppingTop(2) }
}

extension AppState {
    /// The layout of the screen shown.
    var layout: Layout { Layout(size: size, screen: screen) }

    /// The visible rows of the list shown.
    var listHeight: Int {
        switch screenContext {
        case .log: max(1, layout.body.rows - 1)
        case .block: max(1, layout.body.rows - AppState.blockHeadRows)
        case .blockTransaction: max(1, layout.body.rows - 1)
        case .overview: max(1, layout.body.rows - 4)
        default: max(1, layout.listRows.rows)
        }
    }

    /// Lines above the transactions of a block.
    static let blockHeadRows = 8
}
