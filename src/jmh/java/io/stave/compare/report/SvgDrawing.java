package io.stave.compare.report;

import io.stave.compare.report.BarChart.Bar;
import io.stave.compare.result.Spread;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPosition;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.CategoryLabelWidthType;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedDomainCategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.text.TextBlockAnchor;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.category.DefaultCategoryDataset;
import org.w3c.dom.Document;

/** Draws a chart as SVG. Nothing is aligned by the width of what is written: the reader's fonts may be others than those here. */
final class SvgDrawing {
    private static final String FAMILY = "DejaVu Sans";
    private static final Font TITLE = new Font(FAMILY, Font.BOLD, 17);
    private static final Font SMALL = new Font(FAMILY, Font.PLAIN, 12);
    private static final Font LABEL = new Font(FAMILY, Font.PLAIN, 12);
    private static final Color INK = new Color(0x22, 0x2B, 0x38);
    private static final Color PALE_INK = new Color(0x5B, 0x67, 0x78);
    private static final Color GRID = new Color(0xE3, 0xE8, 0xEF);
    private static final int MARGIN = 40;
    private static final int LETTER = 7;
    private static final int PANEL = 245;
    private static final int BAR = 27;
    private static final int HEAD_AND_FOOT = 118;
    /** Room for the writing beside the longest bar. */
    private static final double ROOM = 0.42;

    private SvgDrawing() {}

    static void write(BarChart chart, Path file) throws IOException {
        List<Bar> bars = inOrder(chart);
        int panels = chart.panels().size();
        int longest = bars.stream().mapToInt(bar -> bar.label().length()).max().orElse(0);
        int width = MARGIN + LETTER * longest + PANEL * panels + (panels == 1 ? PANEL : 0);
        int height = HEAD_AND_FOOT + BAR * bars.size();
        CombinedDomainCategoryPlot all = new CombinedDomainCategoryPlot(labels());
        all.setOrientation(PlotOrientation.HORIZONTAL);
        all.setGap(18);
        all.setBackgroundPaint(null);
        chart.panels().forEach((name, panel) -> all.add(plot(chart, name, panel, bars)));

        JFreeChart drawn = new JFreeChart(null, TITLE, all, false);
        drawn.setBackgroundPaint(Color.WHITE);
        drawn.setPadding(new RectangleInsets(12, 8, 10, 14));
        drawn.addSubtitle(title(chart.title(), TITLE, INK));
        drawn.addSubtitle(title(chart.subtitle(), SMALL, PALE_INK));
        SVGGraphics2D graphics = new SVGGraphics2D(document());
        graphics.setSVGCanvasSize(new Dimension(width, height));
        drawn.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
        StringWriter svg = new StringWriter();
        graphics.stream(svg, true);
        Files.writeString(
                file, svg.toString().replace("'" + FAMILY + "'", "'" + FAMILY + "', Verdana, Arial, sans-serif"));
    }

    private static Document document() throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVGGraphics2D.SVG_NAMESPACE_URI, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IOException("no document to draw in", e);
        }
    }

    /** The best of the first panel on top, then those that are in later ones alone. */
    private static List<Bar> inOrder(BarChart chart) {
        Set<Bar> bars = new LinkedHashSet<>();
        for (Map<Bar, Spread> panel : chart.panels().values()) {
            List<Bar> sorted = new ArrayList<>(panel.keySet());
            sorted.sort(Comparator.comparingDouble(
                    bar -> (chart.moreIsBetter() ? -1 : 1) * panel.get(bar).median()));
            bars.addAll(sorted);
        }
        return List.copyOf(bars);
    }

    private static CategoryAxis labels() {
        CategoryAxis axis = new CategoryAxis();
        axis.setTickLabelFont(LABEL);
        axis.setTickLabelPaint(INK);
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
        axis.setLowerMargin(0.01);
        axis.setUpperMargin(0.01);
        axis.setCategoryMargin(0.28);
        axis.setCategoryLabelPositions(CategoryLabelPositions.replaceLeftPosition(
                CategoryLabelPositions.STANDARD,
                new CategoryLabelPosition(
                        RectangleAnchor.LEFT, TextBlockAnchor.CENTER_LEFT, CategoryLabelWidthType.RANGE, 1f)));
        axis.setMaximumCategoryLabelWidthRatio(4f);
        return axis;
    }

    private static CategoryPlot plot(BarChart chart, String name, Map<Bar, Spread> panel, List<Bar> bars) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        List<Spread> spreads = new ArrayList<>();
        for (Bar bar : bars) {
            Spread spread = panel.get(bar);
            data.addValue(spread == null ? null : spread.median(), name, bar.label());
            spreads.add(spread);
        }
        ValueAxis axis = logarithmic(chart, panel);
        axis.setLabel(name);
        axis.setLabelFont(SMALL);
        axis.setLabelPaint(INK);
        axis.setTickLabelFont(new Font(FAMILY, Font.PLAIN, 10));
        axis.setTickLabelPaint(PALE_INK);
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
        BarDrawing renderer = new BarDrawing(
                bars.stream().map(Bar::peer).toList(), spreads, chart.labels(), axis.getLowerBound(), INK);
        CategoryPlot plot = new CategoryPlot(data, null, axis, renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new java.awt.BasicStroke(1f));
        return plot;
    }

    private static ValueAxis logarithmic(BarChart chart, Map<Bar, Spread> panel) {
        double least = panel.values().stream().mapToDouble(Spread::min).min().orElse(1);
        double most = panel.values().stream().mapToDouble(Spread::max).max().orElse(10);
        LogAxis axis = new LogAxis();
        axis.setSmallestValue(Double.MIN_NORMAL);
        double lower = Math.pow(10, Math.floor(Math.log10(least) - 0.15));
        axis.setRange(lower, Math.max(10 * lower, most) * Math.pow(most / lower, ROOM));
        axis.setTickUnit(new NumberTickUnit(1, format(chart), 1));
        axis.setMinorTickMarksVisible(false);
        axis.setNumberFormatOverride(format(chart));
        return axis;
    }

    private static TextTitle title(String text, Font font, Color colour) {
        TextTitle title = new TextTitle(text, font);
        title.setPaint(colour);
        title.setHorizontalAlignment(HorizontalAlignment.LEFT);
        title.setPadding(2, 8, 3, 0);
        return title;
    }

    /** Marks are round numbers: no digits after the point. */
    private static NumberFormat format(BarChart chart) {
        return new NumberFormat() {
            private static final long serialVersionUID = 1;

            @Override
            public StringBuffer format(double number, StringBuffer to, FieldPosition position) {
                return to.append(chart.labels().apply(number).replaceFirst("\\.0+(?= |$)|(?<=\\.\\d)0+(?= |$)", ""));
            }

            @Override
            public StringBuffer format(long number, StringBuffer to, FieldPosition position) {
                return format((double) number, to, position);
            }

            @Override
            public Number parse(String source, ParsePosition position) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
